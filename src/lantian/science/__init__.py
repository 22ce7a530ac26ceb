"""Pure computing on the air: arrays and records in, arrays and records out, one question a module (科学计算).

No module here reads a file, a clock or a setting; the law comes as a rule record. ``docs/science.md`` says which
module answers what, with examples that run.

========================  ==========================================================================
module                    question
========================  ==========================================================================
``rounding``              which decimal is this number, rounded as the law rounds?
``states``                what is this concentration at another temperature and pressure?
``aqi``                   how bad is this air, which pollutant leads, may the index be published?
``statistics.day``        what is the day worth, and is it valid?
``statistics.feed``       what would the national feed have shown in its running columns?
``statistics.period``     what is the month or the year worth, and is it lawful?
``statistics.running``    what are the three-year mean and the mean of the last days?
``statistics.counts``     how many days were good, heavy or above a limit, and of how many?
``ranking``               what is the composite index, and who ranks where?
``attainment``            which limits did the period meet, and by how much did it miss the others?
``allowance``             what may the rest of the year still bring, and when is a target lost or won?
``trend``                 does it get better, how fast, and is that more than chance?
``dust``                  which hours look like dust, and what are the days worth without it?
``emission``              what left the stack, is it what the logger said, and did it exceed a limit?
``quality``               which hours of stations and stacks look doubtful, and why might they be right?
``calibration``           what is a micro-station worth beside a reference?
``composition``           can this air be made up like that, and what is a mixing ratio in mass?
``reactivity``            what can measured VOC do in the air, how old are they, and may they be believed?
``boxmodel``              what made the ozone of a day, and what would less of each precursor make?
``pmf``                   which factors make up the samples, how much of each, and how sure is that?
``cmb``                   which known sources make up a sample, and how good is the balance?
``goal_outlook``          how likely will the year end at or below a target, from past years?
``boundary``              how strongly does the air near the ground mix, told from routine observations?
``plume``                 what do sources bring to receptors, and what per unit of emission?
``admission``             what must go before a project may come: capacity, emissions, coal, boilers within reach?
``places``                how far apart are two places?
``weather``               what do components of the wind and a dew point say: speed, direction, humidity?
``series``                what are hours worth over other times, which are meant, and which class has each?
``smoothing``             which curve, surface or season lies behind scattered values, and how sure is it?
``variation``             what are the usual day, week and year, and how do values go through the years?
``directions``            from which direction and at which wind do values come?
``comparison``            how well does a model agree with what was measured, and which columns go together?
``networks``              which stations measure this, of which kind, and how near?
``plan_text``             what does a plan document promise: who, what, by when?
========================  ==========================================================================
"""
