package main

import (
	"encoding/json"
	"errors"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

const mostIncludes = 1000

// Sprig's functions and those that Helm has beside them.
func functions(root *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	// Helm has none that look at the machine.
	delete(all, "env")
	delete(all, "expandenv")
	all["getHostByName"] = func(string) string { return "" }
	all["toYaml"] = toYAML
	all["fromYaml"] = fromYAML
	all["toJson"] = toJSON
	all["fromJson"] = fromJSON
	all["required"] = required
	all["fail"] = func(said string) (string, error) { return "", wrapped(said) }
	// Without a cluster nothing is found.
	all["lookup"] = func(string, string, string, string) map[string]interface{} { return map[string]interface{}{} }
	all["include"] = includeIn(root)
	all["tpl"] = tplIn(root)
	return all
}

func includeIn(root *template.Template) func(string, interface{}) (string, error) {
	depth := map[string]int{}
	return func(name string, data interface{}) (string, error) {
		if depth[name] > mostIncludes {
			return "", errors.New("rendering template has a nested reference name: " + name)
		}
		depth[name]++
		defer func() { depth[name]-- }()
		var text strings.Builder
		err := root.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
}

// A text is a template of its own, which knows all others.
func tplIn(root *template.Template) func(string, interface{}) (string, error) {
	return func(source string, data interface{}) (string, error) {
		own, err := root.Clone()
		if err != nil {
			return "", err
		}
		own.Funcs(template.FuncMap{"include": includeIn(own), "tpl": tplIn(own)})
		parsed, err := own.New("tpl").Parse(source)
		if err != nil {
			return "", err
		}
		var text strings.Builder
		err = parsed.Execute(&text, data)
		return strings.ReplaceAll(text.String(), "<no value>", ""), err
	}
}

func required(said string, value interface{}) (interface{}, error) {
	if value == nil || value == "" {
		return value, wrapped(said)
	}
	return value, nil
}

func wrapped(said string) error {
	return errors.New(wordsBegin + said + wordsEnd)
}

func toYAML(value interface{}) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

func fromYAML(text string) map[string]interface{} {
	parsed := map[string]interface{}{}
	if err := yaml.Unmarshal([]byte(text), &parsed); err != nil {
		parsed["Error"] = err.Error()
	}
	return parsed
}

func toJSON(value interface{}) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

func fromJSON(text string) map[string]interface{} {
	parsed := map[string]interface{}{}
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		parsed["Error"] = err.Error()
	}
	return parsed
}
