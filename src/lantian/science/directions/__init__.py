"""Where do values come from: what the wind's direction and speed say (风向风速污染图).

``polar`` is the smooth surface over direction and speed, with its uncertainty and the change between two periods,
``annulus`` that over direction and hour, weekday, season or year, ``roses`` the frequencies and percentiles by
direction. Direction is where the wind comes from; a calm has none and lies in the middle.
"""
