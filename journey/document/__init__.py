"""The report as a document: one tree of content, built once from the figures a reader may see, shown as page, PDF and
Word. A recorded report keeps its numbers; the words of people are read again each time, so that they can be taken back.
"""
