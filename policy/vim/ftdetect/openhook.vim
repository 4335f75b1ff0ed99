" Policies of openhook: *.policy that begin with `openhook 1`, and everything in /etc/openhook.
autocmd BufNewFile,BufRead /etc/openhook/*.policy setfiletype openhook
autocmd BufNewFile,BufRead *.policy if getline(1) =~# '^openhook\s' || search('^\s*openhook\s\+1\>', 'nw') | setfiletype openhook | endif
