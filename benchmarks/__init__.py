"""How fast the engines are, held against others and against themselves.

Run with ``make bench``; ``make bench BENCH="--size full --record"`` does the 1,000 paired runs too and
appends a line to ``results.csv``, so that a later reader sees the trend. Under eight minutes on two quiet
cores.

How to read it
--------------
Each line is one figure: by the clock, then in processors' time of this process (what it would have taken
undisturbed), then what it aims at and whether that is *reached* or *MISSED*. Figures in seconds change with
the machine and the day; the ratios (×) have both sides measured in turns in this process, each the median
of five tries, and change much less. Where ``load`` in the first line is well above 1, others were at work:
then read the processors' time, and ratios of it.

- *A newcomer's SimPy* is ``plain_simpy.py``, written apart from the product, on a small flow that both can
  run (``small_flow.py``). *Full city* is 2008-2018 with every feature on (``cities.py``).
- Lines that begin with *of it* are the profile: where the time of one run of the full city goes, step by
  step. *then* tells what its measures take beside.
- *Peak memory* is the whole process's, looked at a hundred times a second, Python and its libraries
  included (``timing.py``).
- *Times the cost by person* and *times the cost of 7 offices* are near 1 where cost grows in proportion.
"""
