" Vim syntax file for policies of openhook.
" Install: copy policy/vim/syntax and policy/vim/ftdetect into ~/.vim or /usr/share/vim/vimfiles.

if exists('b:current_syntax')
  finish
endif

" Statements stand at the beginning of a line.
syn match openhookStatement /^\s*\zs\(openhook\|vm\|uuid\|selinux\|peer\|directory\|variable\|include\|root\|rate\|own\|io_uring\|label\|symlinks\|filesystem\|as\)\ze\(\s\|$\)/
syn match openhookAllow /^\s*\zsallow\ze\s/ nextgroup=openhookAccess skipwhite
syn match openhookDeny /^\s*\zsdeny\ze\s/ nextgroup=openhookAccess skipwhite
syn match openhookLearn /^\s*\zslearn\ze\s/ nextgroup=openhookAccess,openhookClause skipwhite

syn match openhookAccess /\<\(ro\|wo\|rw\)\>/ contained nextgroup=openhookClause skipwhite

" Clauses stand behind a pattern.
syn match openhookClause /\s\zs\(create\|mode\|owner\|limit\|delete\|kind\|label\|symlinks\|hardlinks\)\ze\(\s\|$\)/

" Words that statements and clauses take.
syn match openhookWord /\s\zs\(require\|if-enabled\|off\|type\|uid\|gid\|any\|burst\|none\|inside\|follow\|file\|block\|char\|socket\|allow\)\ze\(\s\|$\)/

syn match openhookNumber /\s\zs[0-9]\+\ze\(\s\|$\)/
syn match openhookWildcard /[*?]\|\[!\?[^]]*\]/
syn match openhookVariable /\${[A-Za-z0-9_-]\+}/
syn match openhookEscape /\\[][*?{}#$\\ ]/
syn match openhookStringEscape /\\\(x[0-9A-Fa-f]\{2}\|["\\nt]\)/ contained
syn region openhookString start=/\(^\|\s\)\zs"/ skip=/\\./ end=/"/ oneline contains=openhookVariable,openhookStringEscape
syn match openhookComment /\(^\|\s\)\zs#.*$/ contains=openhookTodo
syn keyword openhookTodo TODO FIXME XXX contained

hi def link openhookStatement Statement
hi def link openhookAllow Keyword
hi def link openhookDeny Exception
hi def link openhookLearn WarningMsg
hi def link openhookAccess Type
hi def link openhookClause Identifier
hi def link openhookWord Constant
hi def link openhookNumber Number
hi def link openhookWildcard Special
hi def link openhookVariable PreProc
hi def link openhookEscape SpecialChar
hi def link openhookStringEscape SpecialChar
hi def link openhookString String
hi def link openhookComment Comment
hi def link openhookTodo Todo

let b:current_syntax = 'openhook'
