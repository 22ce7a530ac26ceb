"""What does a plan document promise? Text becomes sections, measures, tails, times, numbers and targets.

Pure reading by rules: no file is opened here, no clock is read. `reading.read_plan` gives a draft with the place
of every word it understood, an account of every character, and findings where a person should look; `payload`
makes JSON of it and back. Files become a `records.Source` in `lantian.desk.intake.documents`.
"""
