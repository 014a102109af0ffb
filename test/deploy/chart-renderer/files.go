package main

import "github.com/gobwas/glob"

// What templates see as .Files. A file that is not there is empty, not an error.
type files map[string][]byte

func (all files) Get(name string) string {
	return string(all[name])
}

// A pattern that is none matches everything.
func (all files) Glob(pattern string) files {
	matcher, err := glob.Compile(pattern, '/')
	if err != nil {
		matcher = glob.MustCompile("**")
	}
	matching := files{}
	for name, content := range all {
		if matcher.Match(name) {
			matching[name] = content
		}
	}
	return matching
}
