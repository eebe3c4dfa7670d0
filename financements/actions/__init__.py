"""Les actes sur les enveloppes, les actions financées et les rapports."""
