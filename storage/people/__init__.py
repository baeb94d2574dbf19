"""What is remembered of people, beside what their files say."""
