"""What leaves the house: to which addresses it may."""
