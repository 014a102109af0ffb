package main

import (
	"fmt"
	"path"
	"regexp"
	"sort"
	"strings"
	"text/template"
)

type scope map[string]interface{}

// Between these a template's own words are told from those of the engine.
const (
	wordsBegin = "HELM_ERR_START"
	wordsEnd   = "HELM_ERR_END"
)

var words = regexp.MustCompile(wordsBegin + `((?s).*)` + wordsEnd)

func render(loaded *chart, given renderCase) (rendered map[string]string, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("rendering template failed: %v", panicked)
		}
	}()
	cluster, err := capabilitiesFor(loaded, given.KubeVersion)
	if err != nil {
		return nil, err
	}
	values := coalesce(given.Values, loaded.values)
	if err := validate(loaded, values); err != nil {
		return nil, err
	}
	return execute(loaded, scope{
		"Chart":        loaded.metadata,
		"Files":        loaded.files,
		"Capabilities": cluster,
		"Values":       values,
		"Release": map[string]interface{}{
			"Name":      given.Name,
			"Namespace": given.Namespace,
			"Revision":  1,
			"IsInstall": true,
			"IsUpgrade": false,
			"Service":   "Helm",
		},
	})
}

func execute(loaded *chart, values scope) (map[string]string, error) {
	root := template.New("gotpl").Option("missingkey=zero")
	root.Funcs(functions(root))
	names := make([]string, 0, len(loaded.templates))
	for name := range loaded.templates {
		names = append(names, name)
	}
	sort.Sort(sort.Reverse(sort.StringSlice(names)))
	for _, name := range names {
		if _, err := root.New(path.Join(loaded.metadata.Name, name)).Parse(loaded.templates[name]); err != nil {
			return nil, fmt.Errorf("parse error: %w", err)
		}
	}
	rendered := map[string]string{}
	for _, name := range names {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		full := path.Join(loaded.metadata.Name, name)
		values["Template"] = map[string]interface{}{"Name": full, "BasePath": path.Join(loaded.metadata.Name, "templates")}
		var text strings.Builder
		if err := root.ExecuteTemplate(&text, full, values); err != nil {
			return nil, inOwnWords(err)
		}
		// What is missing prints as this, whatever the option says; Helm takes it out, too.
		rendered[full] = strings.ReplaceAll(text.String(), "<no value>", "")
	}
	return rendered, nil
}

func inOwnWords(err error) error {
	parts := strings.SplitN(err.Error(), ": ", 3)
	said := words.FindStringSubmatch(err.Error())
	if len(parts) < 3 || said == nil {
		return err
	}
	return fmt.Errorf("execution error at (%s): %s", parts[1], said[1])
}
