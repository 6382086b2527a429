"""What one answer of a server may cost: bytes on the wire, bytes once decoded, seconds."""
