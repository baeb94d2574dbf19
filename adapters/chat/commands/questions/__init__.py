"""An approver asks back, and gets an answer: part of the record, like the decision itself."""
