"""The supervision rules: one file a rule, pure, over the frames of ``budget``.

Conventions of every rule, tested once for all: fences are inclusive (a value on the fence is flagged), rates are
basis points rounded down, hard limits compare fen and not rates, null is never zero, and what cannot be judged is
said in coverage instead of being passed over.
"""
