"""What does each source of a city give off in a year, how do we know, and how sure are we (排放清单)?"""
