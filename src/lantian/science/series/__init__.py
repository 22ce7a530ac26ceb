"""Hours beside hours: averaging, choosing, cutting and filtering of a table with one time axis (时间序列处理).

``table`` holds the hours, ``averaging`` makes them days, months or eight-hour blocks with a data-capture threshold
and vector wind, ``annual`` the figures of a year, ``cutting`` puts them into classes, ``choosing`` picks hours,
``filters`` smooths them, ``regression`` follows the ratio of two of them. The lawful day and year are those of
`lantian.science.statistics`; what is here explains and never judges.
"""
