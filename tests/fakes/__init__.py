"""Every port in memory. The contract tests hold the fakes to what the AWS adapters do."""
