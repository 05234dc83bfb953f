"""The named settings of a policy, as frozen types: what a school can choose, what each choice is called, what it means."""
