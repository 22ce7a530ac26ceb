"""Smooth curves and surfaces whose stiffness the data choose, and the seasons of a series (惩罚样条与季节分解).

``penalised`` finds the stiffness by generalised cross-validation, ``plates`` makes the bases of thin plates in one
and two dimensions, ``tensor`` those of two directions of different kind, ``seasonal`` takes a series apart.
"""
