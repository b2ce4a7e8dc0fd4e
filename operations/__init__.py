"""The operator's commands, for queues, dead letters, audits and the search index.

They work on one deployed stage, on this machine or in AWS, and use the service's own keys, rules
and services. Nothing that is deployed imports them.
"""
