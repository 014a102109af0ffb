package main

import (
	"fmt"

	"github.com/Masterminds/semver"
)

// What templates see as .Capabilities.
type capabilities struct {
	KubeVersion kubeVersion
}

type kubeVersion struct {
	Version, Major, Minor string
}

func (version kubeVersion) String() string {
	return version.Version
}

// Refuses a cluster that the chart is not for.
func capabilitiesFor(loaded *chart, text string) (capabilities, error) {
	version, err := semver.NewVersion(text)
	if err != nil {
		return capabilities{}, fmt.Errorf("%q is no version of Kubernetes: %w", text, err)
	}
	if wanted := loaded.metadata.KubeVersion; wanted != "" {
		constraint, err := semver.NewConstraint(wanted)
		if err != nil {
			return capabilities{}, err
		}
		if !constraint.Check(version) {
			return capabilities{}, fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes v%s", wanted, version)
		}
	}
	return capabilities{kubeVersion{
		Version: "v" + version.String(),
		Major:   fmt.Sprint(version.Major()),
		Minor:   fmt.Sprint(version.Minor()),
	}}, nil
}
