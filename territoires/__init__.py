"""Territoires, communes, effectifs d’allocataires et répartition au prorata. Ne connaît aucune autre app."""
