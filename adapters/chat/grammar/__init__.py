"""Words in, typed asks out; and where words are missing, the form that asks for them.

::

    words.py     what was typed → words, spelled in one way
    sharing.py   words → the fields of a command
    kinds.py     a field's words → what they mean; and how a form asks for them
    times.py     words that mean time
    asks.py      all of it: a line → a command with its fields, or the form for them
"""
