"""One module or package a room of the loop: its pages and what their forms decide."""
