"""The named settings of a policy, as frozen types: what a school can choose, and what each choice means."""
