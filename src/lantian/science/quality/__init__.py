"""May we believe what the instruments say? Every check returns hints with their evidence and judges nothing.

Arrays are dense and hourly unless a function says otherwise: one row per station or outlet, NaN where nothing was
measured. What a hint means, and what would make the value right after all, is said by the room that shows it.
"""
