"""The repositories on DynamoDB, one module per port, over one thin `Table`."""
