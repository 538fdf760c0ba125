"""Draw the map of opinion groups from votes on statements; numpy in, frozen dataclasses out.

Read a Polis export with `polis_export`, or build a `Conversation` yourself; `opinion_map` draws,
`report` makes the stable JSON. Nothing here opens a file, reads a clock or knows a database.
"""
