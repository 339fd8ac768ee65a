"""What paper cannot hide it must say: after which answer somebody goes on with which question."""

from journey.rules.questionnaire import Item, Questionnaire, Reason, is_asked


def jumps(questionnaire: Questionnaire, item: Item) -> list[tuple[str, str]]:
    """Answer and the number of the next question for it, for answers after which the next question is not asked.

    The number is empty when no question follows. Questions about the unit are printed for that unit only, so they are
    taken as asked.
    """
    place = questionnaire.items.index(item)
    following = questionnaire.items[place + 1 :]
    if not any(condition.item == item.id for one in following for condition in one.asked_of):
        return []
    found = []
    for value in item.values:
        number = _next(following, item, value, place + 2)
        if number != str(place + 2):
            found.append((value, number))
    return found


def _next(following: tuple[Item, ...], item: Item, value: str, number: int) -> str:
    """The first following item that this answer does not rule out; what was skipped was not asked."""
    missing: dict[str, Reason] = {}
    for place, one in enumerate(following):
        alike = tuple(condition for condition in one.asked_of if condition.item != "unit")
        plain = Item(one.id, one.section, one.kind, one.label, one.texts, one.options, alike)
        if is_asked(plain, {item.id: value}, missing, "") is not False:
            return str(number + place)
        missing[one.id] = Reason.not_asked
    return ""
