"""What does a reader take away? Workbooks, CSV files, pictures and self-contained pages, in one palette.

Takes plain frames and records, never the lake. Everything written says how it was made and whether it is
simulated. Modules are imported by name (``lantian.desk.paper.figure``): a command that draws nothing loads no
matplotlib.
"""
