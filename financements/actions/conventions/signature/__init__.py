"""La signature par un prestataire : la demander, y renoncer, la suivre, recevoir ce qui est signé."""
