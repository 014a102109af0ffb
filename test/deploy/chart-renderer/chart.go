package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// What templates see as .Chart. A struct, so that a misspelt field is an error, as it is in Helm.
type metadata struct {
	Name        string            `json:"name"`
	Home        string            `json:"home"`
	Sources     []string          `json:"sources"`
	Version     string            `json:"version"`
	Description string            `json:"description"`
	Keywords    []string          `json:"keywords"`
	Icon        string            `json:"icon"`
	APIVersion  string            `json:"apiVersion"`
	AppVersion  string            `json:"appVersion"`
	KubeVersion string            `json:"kubeVersion"`
	Type        string            `json:"type"`
	Annotations map[string]string `json:"annotations"`
}

type chart struct {
	metadata  metadata
	values    map[string]interface{}
	schema    []byte
	templates map[string]string
	files     files
}

// What is none of .Files: Helm reads these itself.
var ownFiles = map[string]bool{"Chart.yaml": true, "Chart.lock": true, "values.yaml": true, "values.schema.json": true, ".helmignore": true}

func loadChart(folder string) (*chart, error) {
	loaded := &chart{templates: map[string]string{}, files: files{}, values: map[string]interface{}{}}
	err := filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		return loaded.take(filepath.ToSlash(name), content)
	})
	if err == nil && loaded.metadata.Name == "" {
		err = fmt.Errorf("%s holds no chart with a name", folder)
	}
	return loaded, err
}

func (loaded *chart) take(name string, content []byte) error {
	switch {
	case name == "Chart.yaml":
		return yaml.UnmarshalStrict(content, &loaded.metadata)
	case name == "values.yaml":
		return yaml.UnmarshalStrict(content, &loaded.values)
	case name == "values.schema.json":
		loaded.schema = content
	case strings.HasPrefix(name, "templates/"):
		loaded.templates[name] = string(content)
	case !ownFiles[name]:
		loaded.files[name] = content
	}
	return nil
}
