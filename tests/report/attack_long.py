"""`make attack`: both attackers over many random studies, which takes minutes. Ends with 1 and the finds when a small
group follows from what was shown.
"""

from __future__ import annotations

import sys
from time import monotonic

from tests.report import attack, attack_own

MINIMA = (5, 8, 10)


def main(studies: int) -> int:
    begun, finds = monotonic(), 0
    for seed in range(studies):
        minimum = MINIMA[seed % 3]
        found = [
            f"{key}: {one}"
            for key, looks in attack.looks_of(seed, minimum).items()
            for one in attack.find_recovered(looks, minimum)
        ]
        found += attack_own.find_small(attack_own.shown_of(seed, minimum), minimum)
        for one in found:
            print(f"study {seed}, at least {minimum}: {one}", flush=True)
        finds += len(found)
    print(f"{studies} studies, {finds} finds, {monotonic() - begun:.0f} seconds")
    return 1 if finds else 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
