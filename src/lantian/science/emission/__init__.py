"""Emission arithmetic of stacks: from what an analyser reads to a lawful mean, an amount and a verdict (排放核算).

``flue`` brings a reading to dry gas at the standard state, ``oxygen`` to the reference oxygen, ``means`` to
minutes, hours, days and months with their flags, ``amounts`` to kilograms and to what may replace a missing one,
``rates`` counts capture and transmission, ``marks`` lays condition and monitoring marks over the hours,
``mark_checks`` doubts them, ``upkeep`` finds hours without a good check of the analyser, ``judgement`` compares
with limits, ``recompute`` puts all of it beside what the logger sent, and ``explaining`` says why the two differ.
Numbers come with the rule editions; arrays are float64, NaN where a value is missing.
"""
