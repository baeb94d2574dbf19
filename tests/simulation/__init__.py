"""Seeded histories of the engine without a database, and what must survive all of them.

::

    history      people, clocks and workers act at random; one seed, one history
      └ world    a memory, a target, a queue that forgets; workers die, sleep and come back
          └ invariants   asked at each commit, at each change of the target, and in the end
    mutations    defects put into the engine, each of which an invariant must find

`make soak` plays more of them than the suite does. A failure is told with its seed and with the
fewest acts that still lead to it. What is random here are interleavings; values are tried by
hypothesis, in the tests of the modules that take them.
"""
