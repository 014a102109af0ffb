// Renders a Helm chart many times in one process, for machines without Helm: the same template engine (text/template), functions (sprig),
// YAML and JSON Schema libraries as Helm's own, put together as Helm does it.
//
// It reads {"chart": folder, "cases": [...]} from standard input and writes a list of results, one for each case, to standard output.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

type request struct {
	Chart string       `json:"chart"`
	Cases []renderCase `json:"cases"`
}

type renderCase struct {
	Name        string                 `json:"name"`
	Namespace   string                 `json:"namespace"`
	KubeVersion string                 `json:"kubeVersion"`
	Values      map[string]interface{} `json:"values"`
}

type result struct {
	// Path of a template, with the chart's name before it, to what it gives.
	Files map[string]string `json:"files,omitempty"`
	Error string            `json:"error,omitempty"`
}

func main() {
	if err := answer(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer() error {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return fmt.Errorf("the request cannot be read: %w", err)
	}
	results := make([]result, 0, len(asked.Cases))
	for _, one := range asked.Cases {
		// Read anew for each: rendering changes maps in place.
		loaded, err := loadChart(asked.Chart)
		if err != nil {
			return err
		}
		files, err := render(loaded, one)
		if err != nil {
			results = append(results, result{Error: err.Error()})
			continue
		}
		results = append(results, result{Files: files})
	}
	return json.NewEncoder(os.Stdout).Encode(results)
}
