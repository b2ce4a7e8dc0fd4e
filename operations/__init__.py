"""The operator's commands: what stands in the queues, dead letters, audits, the search index.

They work on one deployed stage, here or in AWS, and use the service's own keys, rules and services;
nothing that ships uses them.
"""
