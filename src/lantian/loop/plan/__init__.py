"""What have we promised, who does it, by when, and are we on the way?

Reads a plan document or the city's own structured plan, the city's directory of bodies, what bodies report, and
the tables that `evaluate` wrote. Leaves doubtful readings open as findings until a person confirms them. It writes
plans, measures, duties, tasks, projects, milestones, sheets, reports, escalations, meetings, goals, series and
admissions into the ledger, each decision with its entry in the chain, and sheets, bulletins and lists as files.
"""
