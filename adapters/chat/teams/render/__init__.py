"""Cards and forms become Adaptive Cards 1.5 (adaptivecards.io), each within Teams' limits."""
