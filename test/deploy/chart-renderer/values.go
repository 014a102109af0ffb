package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/xeipuuv/gojsonschema"
)

// Lays the given values over those of the chart: tables are merged, all else is replaced, and null takes a key of the chart away.
func coalesce(given, standard map[string]interface{}) map[string]interface{} {
	merged := map[string]interface{}{}
	for key, value := range given {
		merged[key] = value
	}
	for key, value := range standard {
		own, isGiven := given[key]
		if !isGiven {
			merged[key] = value
			continue
		}
		if own == nil {
			delete(merged, key)
			continue
		}
		ownTable, isTable := own.(map[string]interface{})
		table, wasTable := value.(map[string]interface{})
		if isTable && wasTable {
			merged[key] = coalesce(ownTable, table)
		}
	}
	return merged
}

// What Helm says before it renders anything, where the values are not those of the schema.
func validate(loaded *chart, values map[string]interface{}) error {
	if loaded.schema == nil {
		return nil
	}
	document, err := json.Marshal(values)
	if err != nil {
		return err
	}
	checked, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(loaded.schema), gojsonschema.NewBytesLoader(document))
	if err != nil {
		return err
	}
	if checked.Valid() {
		return nil
	}
	var faults bytes.Buffer
	for _, fault := range checked.Errors() {
		fmt.Fprintf(&faults, "- %s\n", fault)
	}
	return fmt.Errorf("values don't meet the specifications of the schema(s) in the following chart(s):\n%s:\n%s", loaded.metadata.Name, faults.String())
}
