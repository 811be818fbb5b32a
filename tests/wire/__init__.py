"""A small Discord on loopback that unmodified discord.py talks to, and the real bot as a process against it.

The server, from the inside out: `state` is what there is and `payloads` how it is told; `messages`, `reactions` and
`guilds` change it; `routes` are what the bot asks for, behind `rest` with its `limits`, `faults` and `journal`;
`gateway`, `talk` and `session` are what the bot hears, with `event_faults`; `people` are everybody else, and `volley`
many of them at once. `server` puts it together in a test's own loop, `serve` as a process that `control` drives.

The bot: `point` tells discord.py where Discord is, `embedded` runs the bot in the test's loop, `bot` as a process that
`processes` starts and `hooks` kill at a chosen point. `truth` says what it should know.
"""
