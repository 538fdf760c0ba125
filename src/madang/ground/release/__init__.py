"""The one gate through which data about people leaves: checked, noted in the journal, paid for.

For officials who publish and for everybody who wants to know what was published, and how it was
protected. Files in; published files, events and a ledger of privacy budget out.
"""
