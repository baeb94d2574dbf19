"""A company's YAML files and the engine's model, checked.

::

    files.py        text → plain data, each value with its file and line
    shapes.py       plain data → each item as it must look (pydantic)
    build.py        items → the engine's nouns
    references.py ┐
    rules.py      ├ does it make sense, each part and all together?
    decidable.py  ┘
    read.py         all of it: a folder → a `Company`, or every problem at once
    difference.py   what a new configuration changes, in sentences
"""
