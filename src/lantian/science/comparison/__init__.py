"""How alike are two series, and how good is a model (模式评估与相关分析)?

``model`` has the usual figures of agreement and the points of a Taylor diagram, ``conditional`` what was measured
where something was predicted, ``correlation`` many columns beside each other, the like next to the like.
"""
