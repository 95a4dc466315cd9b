"""Notifier tells the users of official statistics about changes before they happen.

The map, from the top; imports only point down, and a test keeps it so:

``__main__``          builds the app and hands it to ``cli`` and ``worker``
``app``               the only place where things are joined
``web`` ``cli``       doors: read the clock, open the unit of work, call one verb, answer
``worker``            keeps the promises: ticks, freezes what is due, sends, repairs
``feeds`` ``mail``    edges: words for machines; bytes for mail servers
``render``            words for people: letters, Markdown, dates
``insight``           read only: how early changes were told, who follows what
``delivery``          verbs over the ledger: freeze, lease, record, retry, bounces, digests
``newsletters``       issues of a team's newsletter
``notices``           change notices: lead time, stages, publish
``releases``          editions of a series and their dates
``audience``          who gets what: people, kinds and rhythms, segments, consent, suppression
``catalogue``         organisation, bodies, teams, topics, series, user types
``accounts``          staff and their roles
``sends``             promises to say something to somebody at some time
``store``             the database, the unit of work, history
``tokens`` ``lifecycle`` ``fetch`` ``clock`` ``settings`` ``cells`` ``errors``   ground
"""
