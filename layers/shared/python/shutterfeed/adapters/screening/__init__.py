"""Detectors: lists of hashes and words in S3, and Rekognition."""
