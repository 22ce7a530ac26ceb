"""How do values vary with the clock, the week and the years (时间变化特征)?

``courses`` is the usual day, week and year with bands, ``levels`` the mean over two classes, the parts of a whole
and the calendar, ``slope`` the Theil–Sen trend of months with its block bootstrap, ``curve`` a smooth trend whose
stiffness the data choose. The lawful verdict on a trend is that of `lantian.science.trend`.
"""
