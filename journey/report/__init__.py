"""What managers and researchers read: lead times, figures, published batches."""
