"""The translations, tried against what others' protocols really say."""
